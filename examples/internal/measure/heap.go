// Package measure shows the progress of a transfer while it runs, and how much memory the
// program uses for it.
package measure

import "runtime/metrics"

// Heap follows how many bytes the objects of the heap take: live ones, and dead
// ones that are not collected yet, of the whole program. The zero value is
// ready.
type Heap struct {
	samples [1]metrics.Sample
	calls   int
	peak    uint64
}

// HeapEvery is how many calls of Sample make one measurement: it costs some
// microseconds, and a callback runs often.
const HeapEvery = 64

// Sample measures on the first call and on every HeapEvery-th after it.
func (h *Heap) Sample() {
	if h.calls%HeapEvery == 0 {
		h.samples[0].Name = "/memory/classes/heap/objects:bytes"
		metrics.Read(h.samples[:])
		h.peak = max(h.peak, h.samples[0].Value.Uint64())
	}
	h.calls++
}

// Peak returns the largest measurement.
func (h *Heap) Peak() uint64 { return h.peak }
