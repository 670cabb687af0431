"""What `aestream doctor` looks at: one function a check, one table row each."""
