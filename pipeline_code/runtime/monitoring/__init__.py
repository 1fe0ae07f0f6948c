"""The jobs of every monitoring pipeline (`p.monitor`): drift of inputs, quality and bias."""
