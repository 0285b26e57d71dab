//go:build tinygo

package zreq

import "sync/atomic"

// completed is the Args of a call of a Session that is over. It is no sync.Pool, which
// stores interfaces: the type of Args would bring along those of the whole exchange (8 KB).
var completed atomic.Pointer[Args]

func takeArgs() *Args {
	if args := completed.Swap(nil); args != nil {
		return args
	}
	return new(Args)
}

func giveArgs(args *Args) {
	*args = Args{}
	completed.Store(args)
}
