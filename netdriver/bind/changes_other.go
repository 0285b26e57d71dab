//go:build !linux

package bind

import (
	"context"
	"errors"
)

// changes is what only Linux has.
type changes struct{}

func newChanges(context.Context) (*changes, error) { return nil, errors.ErrUnsupported }

func (*changes) close() {}

func (*changes) wait() error { return errors.ErrUnsupported }
