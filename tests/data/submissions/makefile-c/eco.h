#ifndef ECO_H
#define ECO_H
void atender(int cliente);
#endif
