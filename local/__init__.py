"""The stack on a laptop: the Lambda handlers of template.yaml behind a local HTTP front, stream pump and schedules."""
