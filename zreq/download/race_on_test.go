//go:build race

package download_test

// underRace: sync.Pool drops at random what it is given, so that calls allocate,
// and everything takes ten times as long.
const underRace = true
