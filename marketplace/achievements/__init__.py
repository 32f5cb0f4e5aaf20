"""科技成果: what universities and institutes achieved."""
