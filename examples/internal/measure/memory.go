package measure

import "runtime/metrics"

// Memory returns how many bytes of memory the runtime of this program has from the system:
// the heap with what is free of it, stacks, and its own tables. Code and other files that
// are mapped are not in it.
func Memory() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() - samples[1].Value.Uint64()
}
