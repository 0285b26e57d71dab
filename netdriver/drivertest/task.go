package drivertest

import (
	"testing"
	"time"
)

// task is a call that is under way in a goroutine of its own.
type task[T any] struct {
	done  chan struct{}
	begun time.Time
	took  time.Duration
	value T
	err   error
}

func start[T any](call func() (T, error)) *task[T] {
	k := &task[T]{done: make(chan struct{}), begun: time.Now()}
	go func() {
		defer close(k.done)
		k.value, k.err = call()
		k.took = time.Since(k.begun)
	}()
	return k
}

// wait returns the result of the call. If the call hangs, it ends the test.
func (k *task[T]) wait(t *testing.T) (T, error) {
	t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case <-k.done:
	case <-limit.C:
		t.Fatal("it hangs")
	}
	return k.value, k.err
}

// settle waits until the call most likely blocks. If it does not block yet, the test
// checks less than it could, and passes.
func (k *task[T]) settle() *task[T] {
	time.Sleep(10 * time.Millisecond)
	return k
}
