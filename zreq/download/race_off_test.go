//go:build !race

package download_test

const underRace = false
