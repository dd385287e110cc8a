"""What a laptop has instead of pods: processes, their files and addresses, and what keeps them as the objects say."""
