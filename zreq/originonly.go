package zreq

import "github.com/zreq-go/zreq/zreq/wire"

// checkNames refuses what can be the name of no field: of a list of secret fields, a name
// that is misspelt so would keep none back.
func checkNames(names []string) error {
	var room [64]byte
	for _, name := range names {
		if _, err := wire.AppendField(room[:0], name, ""); err != nil {
			return err
		}
	}
	return nil
}
