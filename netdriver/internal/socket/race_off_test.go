//go:build !race

package socket_test

const underRace = false
