//go:build !tinygo

package zreq

import "sync"

// completed has the Args of the calls of Sessions that are over, because those of a call
// are on the heap.
var completed = sync.Pool{New: func() any { return new(Args) }}

func takeArgs() *Args { return completed.Get().(*Args) }

func giveArgs(args *Args) {
	*args = Args{}
	completed.Put(args)
}
