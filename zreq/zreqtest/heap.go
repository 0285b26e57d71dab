package zreqtest

import (
	"runtime"
	"sync"
)

// LiveHeap returns the number of reachable bytes in the heap. It collects garbage until
// the number stops falling, because pools are emptied only by the second collection, and
// another goroutine, such as a server of the test, may leave garbage behind each of them.
// A test that compares it before and during a transfer shows that memory does not depend
// on the length of the body. Call SpareThreads first.
func LiveHeap() int64 {
	runtime.GC()
	least := collected()
	for range 20 {
		n := min(collected(), collected())
		if n >= least {
			break
		}
		least = n
	}
	return least
}

// collected returns the number of bytes in the heap after a garbage collection.
func collected() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// SpareThreads makes the runtime create threads now. A thread that it creates while the
// heap is measured would add 5 KiB that no call has allocated.
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
