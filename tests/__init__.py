"""What Wallboard claims."""
