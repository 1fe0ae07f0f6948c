"""The Data API and the control plane of Redshift, which replace moto's."""
