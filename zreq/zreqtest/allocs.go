package zreqtest

import "runtime"

// Allocs returns how many objects f allocates, and how many bytes they take. It runs f
// once to warm up and then several times, and returns the least of each, because other
// goroutines, the garbage collector and new threads allocate at the same time. The race
// detector makes a sync.Pool drop objects at random: with it, f may allocate in every run.
func Allocs(f func()) (objects, bytes int64) {
	const runs = 6
	var before, after runtime.MemStats
	f()
	for i := range runs {
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		o, b := int64(after.Mallocs-before.Mallocs), int64(after.TotalAlloc-before.TotalAlloc)
		if i == 0 {
			objects, bytes = o, b
		}
		objects, bytes = min(objects, o), min(bytes, b)
	}
	return objects, bytes
}
