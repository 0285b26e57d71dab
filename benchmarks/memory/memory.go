// Package memory measures what clients hold: per idle connection, and at their peak.
package memory

import "github.com/zreq-go/zreq/benchmarks/origin"

// Idle is what kept connections cost, for each.
type Idle struct {
	Peer        string
	TLS         bool
	Connections int
	Heap, Stack int64 // bytes above the level before, for each connection
	Goroutines  float64
}

// Peak is how much memory a process had at most that did one job and ended.
type Peak struct {
	Job  string // "download 64 MiB"
	Peer string
	RSS  []int64 // bytes, of each process, in order
}

// Median is that of the processes.
func (p Peak) Median() int64 { return p.RSS[len(p.RSS)/2] }

// Main does the job of a child process, if this is one, and does not return then. It
// comes first in main, beside origin.Main.
func Main() {}

// Idles measures kept connections.
func Idles(o *origin.Origin, short bool) ([]Idle, error) { return nil, nil }

// Peaks measures processes, as many of each kind as are given.
func Peaks(o *origin.Origin, processes int) ([]Peak, error) { return nil, nil }
