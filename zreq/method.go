package zreq

import (
	"errors"

	"github.com/zreq-go/zreq/zreq/internal/ascii"
)

// verbs are the methods that have a function of their own.
var verbs = [...]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// checkMethodCase refuses a verb that is not in capitals. Methods are case-sensitive
// (RFC 9110, 9.1), so a server would not know it. Any other method goes out as given.
func checkMethodCase(method string) error {
	for _, verb := range verbs {
		switch {
		case method == verb:
			return nil
		case ascii.EqualFold(method, verb):
			return errors.New("methods are case-sensitive (RFC 9110, 9.1): write " + verb + ", not " + method)
		}
	}
	return nil
}
