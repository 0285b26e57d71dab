//go:build race

package upload_test

// underRace: sync.Pool drops at random what it is given, so that calls allocate.
const underRace = true
