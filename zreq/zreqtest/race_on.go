//go:build race

package zreqtest

// RaceDetector reports whether the test was built with -race. Then a sync.Pool drops
// objects at random, so that calls allocate, and code takes about ten times as long.
const RaceDetector = true
