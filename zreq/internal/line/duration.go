//go:build !tinygo

package line

import "time"

// DurationText returns d as text. Every program with package net has Duration.String.
func DurationText(d time.Duration) string { return d.String() }
