//go:build !linux

package unixnet

const hasAbstract = false
