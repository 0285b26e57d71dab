//go:build !unix || aix

package stdnet_test

const checks = false
