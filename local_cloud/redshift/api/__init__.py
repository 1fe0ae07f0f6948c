"""What callers see: the Data API and the control plane, in the places of moto's."""
