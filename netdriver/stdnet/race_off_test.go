//go:build !race

package stdnet_test

const underRace = false
