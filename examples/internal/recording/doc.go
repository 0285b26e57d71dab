// Package recording is what examples/recorder shows without flags: it starts the program that
// it is in as a device, in a process of its own, and a server that goes away and comes back,
// kills the device, and compares what was recorded with what has arrived.
package recording
