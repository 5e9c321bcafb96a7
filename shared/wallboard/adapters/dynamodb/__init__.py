"""Facts, Rollups and State in DynamoDB."""
