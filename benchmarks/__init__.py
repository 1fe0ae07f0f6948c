"""Where each second of the laptop run goes, as ratios that hold on any machine."""
