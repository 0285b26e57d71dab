// Package memory measures what clients hold: per idle connection, while a long body
// comes, and at their peak.
//
// Nothing is measured in the process of the caller, where other things come and go. Idle
// connections and streams have each a process of the same program, which is why its main
// calls Main first; peaks have the smallest program of each client, in folder programs,
// for a program is weighed with all that is linked into it.
package memory

import "slices"

// Idle is what kept connections cost, for each.
type Idle struct {
	Peer        string
	TLS         bool
	Connections int
	Heap, Stack int64 // bytes above the level before, for each connection
	Goroutines  float64
}

// Growth is how much more of the heap was live at most, while a long body was streamed,
// than before the call, which dials.
type Growth struct {
	Peer  string
	Bytes int64
}

// Peak is how much memory a process had at most that did one job and ended.
type Peak struct {
	Job  string // "download 64 MiB"
	Peer string
	RSS  []int64 // bytes, of each process, in order
}

// Median is that of the processes.
func (p Peak) Median() int64 {
	sizes := slices.Sorted(slices.Values(p.RSS))
	n := len(sizes)
	return (sizes[(n-1)/2] + sizes[n/2]) / 2
}
