package download

import (
	"errors"

	"github.com/zreq-go/zreq/zreq"
)

// budget counts what a job reads and writes, against a limit.
type budget struct {
	limit  int64 // zero: none
	ledger *ledger
	base   int64          // spent before the request that is under way
	resp   *zreq.Response // that is being read; nil if there is none
	costs  int64          // of a request and the head of its response, as far as is known
}

// firstCosts is what a request and the head of its response are expected to take before
// there was any.
const firstCosts = 1 << 10

// left returns how much body may still come; −1 if there is no limit.
func (b *budget) left() int64 {
	if b.limit == 0 {
		return -1
	}
	return max(0, b.limit-b.ledger.spent-max(b.costs, firstCosts))
}

// ahead returns how much is charged before it is read, if body bytes are to come; −1 if
// that is not known. No more is read before the next checkpoint.
func (b *budget) ahead(body int64) int64 {
	n := int64(checkpointBytes)
	if body >= 0 {
		n = min(n, body+2*max(b.costs, firstCosts))
	}
	if b.limit > 0 {
		n = min(n, max(0, b.limit-b.ledger.spent))
	}
	return n
}

// begin begins to count a request.
func (b *budget) begin() { b.base, b.resp = b.ledger.spent, nil }

// head counts the request and the head of its response, and returns ErrBudget if a body
// of that length would be too much. length is negative if it is not known.
func (b *budget) head(r *zreq.Response, length int64) error {
	b.resp = r
	sent, _ := r.Traffic()
	fields := int64(len("HTTP/1.1 200 OK\r\n\r\n"))
	for name, value := range r.All() {
		fields += int64(len(name) + len(": \r\n") + len(value))
	}
	b.costs = max(b.costs, sent+fields)
	b.count()
	if b.limit > 0 && length > b.limit-b.base-sent-fields {
		return ErrBudget
	}
	return nil
}

// count takes in what was read since.
func (b *budget) count() {
	if b.resp != nil {
		sent, read := b.resp.Traffic()
		b.ledger.spent = max(b.ledger.spent, b.base+sent+read)
	}
}

// failed counts a request that had no response.
func (b *budget) failed(err error) {
	var e *zreq.Error
	if errors.As(err, &e) {
		b.ledger.spent = max(b.ledger.spent, b.base+e.Sent+e.Read)
	}
}

// over returns ErrBudget if more was spent than allowed.
func (b *budget) over() error {
	b.count()
	if b.limit > 0 && b.ledger.spent > b.limit {
		return ErrBudget
	}
	return nil
}
