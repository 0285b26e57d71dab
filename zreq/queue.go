package zreq

// queue is the calls that wait for a connection. Those for one of a shelf are a list,
// in the order in which they came. The shelves whose first could be served if the pool
// had room are a heap, in the order in which those came; one that is full is left out
// of it until it has less. So whose turn it is does not depend on how many wait.
type queue struct {
	length  int
	tickets uint64   // that were given out
	hopeful []*shelf // the heap
}

// push puts w behind all others.
func (q *queue) push(w *waiter) {
	sh := w.shelf
	q.length++
	q.tickets++
	w.ticket, w.older = q.tickets, sh.last
	if sh.last == nil {
		sh.first = w
	} else {
		sh.last.newer = w
	}
	sh.last = w
}

// remove takes w out, from wherever it is.
func (q *queue) remove(w *waiter) {
	sh := w.shelf
	q.length--
	if w.newer == nil {
		sh.last = w.older
	} else {
		w.newer.older = w.older
	}
	if w.older != nil {
		w.older.newer = w.newer
	} else if sh.first = w.newer; sh.first == nil {
		q.despair(sh)
	} else if sh.rank > 0 {
		q.settle(sh.rank - 1)
	}
	w.ticket, w.older, w.newer = 0, nil, nil
}

// hope puts a shelf into the heap, if anybody waits there.
func (q *queue) hope(sh *shelf) {
	if sh.first != nil && sh.rank == 0 {
		q.hopeful = append(q.hopeful, sh)
		q.settle(len(q.hopeful) - 1)
	}
}

// despair takes it out.
func (q *queue) despair(sh *shelf) {
	at, last := sh.rank-1, len(q.hopeful)-1
	if at < 0 {
		return
	}
	q.hopeful[at] = q.hopeful[last]
	q.hopeful[last] = nil
	q.hopeful = q.hopeful[:last]
	sh.rank = 0
	if at < last {
		q.settle(at)
	}
}

// settle moves the shelf at i to where it belongs.
func (q *queue) settle(i int) {
	heap := q.hopeful
	sh := heap[i]
	for i > 0 && sh.first.ticket < heap[(i-1)/2].first.ticket {
		heap[i] = heap[(i-1)/2]
		heap[i].rank = i + 1
		i = (i - 1) / 2
	}
	for {
		child := 2*i + 1
		if child+1 < len(heap) && heap[child+1].first.ticket < heap[child].first.ticket {
			child++
		}
		if child >= len(heap) || sh.first.ticket < heap[child].first.ticket {
			break
		}
		heap[i] = heap[child]
		heap[i].rank = i + 1
		i = child
	}
	heap[i], sh.rank = sh, i+1
}
