package unixnet

import "syscall"

const addressBytes = len(syscall.RawSockaddrUnix{}.Path)

func isFull(error) bool { return false }
