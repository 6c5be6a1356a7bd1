"""Methods of assessment: series and targets -> statuses. One file for each published method."""
