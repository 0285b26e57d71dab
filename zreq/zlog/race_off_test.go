//go:build !race

package zlog_test

const underRace = false
