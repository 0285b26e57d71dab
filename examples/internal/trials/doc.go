// Package trials is what examples/ota shows without flags: downloads from servers that fail in
// different ways, over two links, in a process that is killed, and into a simulated flash.
package trials
