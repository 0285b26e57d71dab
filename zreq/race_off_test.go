//go:build !race

package zreq_test

const underRace = false
