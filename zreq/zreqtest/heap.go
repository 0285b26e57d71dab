package zreqtest

import (
	"runtime"
	"sync"
)

// LiveHeap returns how many bytes of the heap are reachable, after two collections:
// the second empties what the first left to the pools. A test that compares it before
// and during a transfer proves that memory does not depend on the length; call
// SpareThreads before.
func LiveHeap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// SpareThreads has the runtime make threads now. One that it makes while the heap is
// measured is 5 KiB that no call has asked for.
func SpareThreads() {
	var up, down sync.WaitGroup
	end := make(chan struct{})
	for range 8 {
		up.Add(1)
		down.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			up.Done()
			<-end
		})
	}
	up.Wait()
	close(end)
	down.Wait()
}
