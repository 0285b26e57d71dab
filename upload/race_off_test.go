//go:build !race

package upload_test

const underRace = false
