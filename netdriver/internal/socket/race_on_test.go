//go:build race

package socket_test

// underRace: sync.Pool drops at random what it is given, so that calls allocate.
const underRace = true
