#include <unistd.h>
#include "eco.h"

/* devolve os bytes ate o fim */
void atender(int cliente) {
    char buf[4096];
    ssize_t n;
    while ((n = read(cliente, buf, sizeof buf)) > 0) {
        ssize_t feito = 0;
        while (feito < n) {
            ssize_t k = write(cliente, buf + feito, n - feito);
            if (k <= 0) return;
            feito += k;
        }
    }
}
