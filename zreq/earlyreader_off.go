//go:build tinygo

package zreq

const hearsWhileWriting = false
