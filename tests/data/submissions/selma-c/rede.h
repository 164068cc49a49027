#ifndef REDE_H
#define REDE_H
#include <stddef.h>
int abre(int porta);
int espera(int servidor);
void envia(int cliente, const char *dados, size_t quantos);
#endif
