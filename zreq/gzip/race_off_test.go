//go:build !race

package gzip_test

const underRace = false
