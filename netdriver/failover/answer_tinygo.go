//go:build tinygo

package failover

// The drivers of boards have no errors of a system. Those of their own may have Answered.

func isReply(error) bool { return false }

func isLocal(error) bool { return false }
