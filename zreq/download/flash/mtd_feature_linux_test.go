//go:build !tinygo

package flash_test

func init() { platform = proofs{testMTD, testMTDWithoutATable, testMTDRefuses, testMTDOfTheKernel} }
